import {
  buildASTSchema,
  type DefinitionNode,
  type DocumentNode,
  extendSchema,
  type FieldDefinitionNode,
  type GraphQLScalarType,
  type GraphQLSchema,
  parse,
} from "graphql";
import * as fixtures from "../fixtures.ts";

const built = new Map<boolean, GraphQLSchema>();

/** GitHub's schema; `isOld` leaves out what came after the published snapshot. Built when first asked for. */
export const getSchema = (isOld: boolean): GraphQLSchema => {
  const known = built.get(isOld);
  if (known !== undefined) return known;
  const schema = build(isOld);
  built.set(isOld, schema);
  return schema;
};

const build = (isOld: boolean): GraphQLSchema => {
  const snapshot = parse(fixtures.snapshot(), { noLocation: true });
  const extensions = parse(fixtures.extensions(), { noLocation: true });
  const replaced = isOld ? new Set<string>() : fieldsOf(extensions);
  const definitions = snapshot.definitions.map((each) => withoutTwins(each, replaced));
  const base = buildASTSchema({ ...snapshot, definitions }, { assumeValidSDL: true });
  const schema = isOld ? base : extendSchema(base, extensions, { assumeValidSDL: true });
  widenIntegers(schema);
  return schema;
};

/** `Type.field` of everything that the extensions add to types that are there. */
const fieldsOf = ({ definitions }: DocumentNode): ReadonlySet<string> =>
  new Set(
    definitions.flatMap((each) =>
      each.kind === "ObjectTypeExtension"
        ? (each.fields ?? []).map((field) => `${each.name.value}.${field.name.value}`)
        : [],
    ),
  );

/** The snapshot defines some fields twice, and the extensions define some anew. */
const withoutTwins = (
  definition: DefinitionNode,
  replaced: ReadonlySet<string>,
): DefinitionNode => {
  if (definition.kind !== "ObjectTypeDefinition" || definition.fields === undefined)
    return definition;
  const seen = new Set<string>();
  const isNew = ({ name }: FieldDefinitionNode) => {
    const isTwin = seen.has(name.value) || replaced.has(`${definition.name.value}.${name.value}`);
    seen.add(name.value);
    return !isTwin;
  };
  return { ...definition, fields: definition.fields.filter(isNew) };
};

/** The service's `Int` holds database ids above 2^31. */
const widenIntegers = (schema: GraphQLSchema): void => {
  const int = schema.getType("Int") as GraphQLScalarType;
  int.serialize = (value) => value;
};
