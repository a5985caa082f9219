// A TypeDoc plugin: a namespace is a module that `index.ts` exports under a name, and is documented by
// the comment at the beginning of that module, or by that of what bears its name.
import { readFileSync } from "node:fs";
import { Comment, Converter, ReflectionKind } from "typedoc";

const opening = /^\/\*\*(?<words>.*?)\*\/\r?\n(?=\r?\n|import\b|export \*)/su;

/** @param {string} file */
const commentOf = (file) => {
  const words = opening.exec(readFileSync(file, "utf8"))?.groups?.["words"];
  const text = words?.replaceAll(/^\s*\* ?/gmu, "").trim();
  return text === undefined ? undefined : new Comment([{ kind: "text", text }]);
};

/** @param {import("typedoc").Application} app */
export const load = (app) => {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, (context) => {
    for (const namespace of context.project.getReflectionsByKind(ReflectionKind.Namespace)) {
      const source = context.getSymbolFromReflection(namespace)?.getDeclarations()?.[0];
      const same = namespace.getChildByName([namespace.name]);
      namespace.comment ??=
        (source && commentOf(source.getSourceFile().fileName)) ?? same?.comment?.clone();
    }
  });
};
