import { describe, expect, it } from "@effect/vitest";
import * as OtlpSettings from "../src/telemetry/OtlpSettings.ts";

const endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

describe("OtlpSettings", () => {
  it("sends nothing where nothing is named, or where that is switched off", () => {
    expect(OtlpSettings.read({})).toBeUndefined();
    const named = { [endpoint]: "http://collector:4318", OTEL_SDK_DISABLED: "TRUE" };
    expect(OtlpSettings.read(named)).toBeUndefined();
  });

  it("puts the paths of signals behind the common endpoint, and takes their own as they are", () => {
    const found = OtlpSettings.read({
      [endpoint]: "https://collector.example/otlp/",
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://traces.example/in",
      OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20abc, =x,x-team=shop",
      OTEL_METRICS_EXPORTER: "none",
      OTEL_SERVICE_NAME: "night-run",
    })!;
    const headers = { authorization: "Bearer abc", "x-team": "shop" };
    expect(found.destinations).toEqual({
      traces: { url: "http://traces.example/in", headers },
      logs: { url: "https://collector.example/otlp/v1/logs", headers },
    });
    expect(found).toMatchObject({ service: "night-run", isProtobuf: false, problems: [] });
  });

  it("says what is wrong once, and without what was found, which may be a secret", () => {
    const found = OtlpSettings.read({
      [endpoint]: "collector:4318/s3cret",
      OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
    })!;
    expect(found.destinations).toEqual({});
    expect(found.problems).toEqual([
      `${endpoint} is not an address that begins with http:// or https://, so nothing is sent there`,
      "OTEL_EXPORTER_OTLP_PROTOCOL must be http/json or http/protobuf; http/json is sent",
    ]);
  });
});
