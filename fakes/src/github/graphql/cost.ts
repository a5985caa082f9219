import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getNamedType,
  type GraphQLCompositeType,
  type GraphQLSchema,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
} from "graphql";

/** What a query costs before anything is executed. */
export interface Cost {
  /** Requests of all connections by hundreds, at least one. */
  readonly points: number;
  /** The most objects that it may give. */
  readonly nodes: number;
  /** Connections without `first` or `last` from 1 to 100. */
  readonly unbounded: ReadonlyArray<string>;
}

type Variables = Readonly<Record<string, unknown>>;

/** By the service's rule: every connection is assumed to be full, and each full parent asks for it once. */
export const costOf = (
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): Cost => {
  const meter = new Meter(schema, document, withDefaults(operation, variables));
  const root = schema.getRootType(operation.operation);
  if (root) meter.walk(operation.selectionSet, root, 1);
  const points = Math.max(1, Math.round(meter.requests / 100));
  return { points, nodes: meter.nodes, unbounded: meter.unbounded };
};

const withDefaults = (operation: OperationDefinitionNode, variables: Variables): Variables => {
  const defaults = (operation.variableDefinitions ?? []).map(
    ({ variable, defaultValue }) =>
      [variable.name.value, defaultValue && literal(defaultValue, {})] as const,
  );
  return { ...Object.fromEntries(defaults), ...variables };
};

class Meter {
  requests = 0;
  nodes = 0;
  readonly unbounded: Array<string> = [];
  readonly #schema: GraphQLSchema;
  readonly #variables: Variables;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;

  constructor(schema: GraphQLSchema, document: DocumentNode, variables: Variables) {
    this.#schema = schema;
    this.#variables = variables;
    this.#fragments = new Map(
      document.definitions.flatMap((each) =>
        each.kind === "FragmentDefinition" ? [[each.name.value, each]] : [],
      ),
    );
  }

  /** `times`: how often the parent is there at most. */
  walk(selections: SelectionSetNode, parent: GraphQLCompositeType, times: number): void {
    for (const selection of selections.selections) {
      if (this.#isLeftOut(selection)) continue;
      if (selection.kind === "Field") this.#field(selection, parent, times);
      else {
        const fragment =
          selection.kind === "InlineFragment"
            ? selection
            : this.#fragments.get(selection.name.value);
        if (fragment === undefined) continue;
        const name = fragment.typeCondition?.name.value;
        const type = name === undefined ? parent : this.#schema.getType(name);
        if (isCompositeType(type)) this.walk(fragment.selectionSet, type, times);
      }
    }
  }

  #field(field: FieldNode, parent: GraphQLCompositeType, times: number): void {
    const type =
      isObjectType(parent) || isInterfaceType(parent)
        ? getNamedType(parent.getFields()[field.name.value]?.type)
        : undefined;
    if (field.selectionSet === undefined || !isCompositeType(type)) return;
    this.walk(field.selectionSet, type, times * this.#factor(field, type, times));
  }

  #factor(field: FieldNode, type: GraphQLCompositeType, times: number): number {
    if (type.name.endsWith("Connection")) {
      const size = this.#argument(field, "first") ?? this.#argument(field, "last");
      const isBounded = typeof size === "number" && size >= 1 && size <= 100;
      if (!isBounded) this.unbounded.push(field.name.value);
      const count = isBounded ? size : 1;
      this.requests += times;
      this.nodes += times * count;
      return count;
    }
    const ids = field.name.value === "nodes" ? this.#argument(field, "ids") : null;
    if (!Array.isArray(ids)) return 1;
    if (ids.length > 100) this.unbounded.push("nodes");
    this.nodes += ids.length;
    return Math.max(1, ids.length);
  }

  #argument(field: FieldNode, name: string): unknown {
    const found = field.arguments?.find((each) => each.name.value === name);
    return found === undefined ? null : literal(found.value, this.#variables);
  }

  #isLeftOut({ directives = [] }: SelectionSetNode["selections"][number]): boolean {
    return directives.some(({ name, arguments: given = [] }) => {
      const condition = given[0] && literal(given[0].value, this.#variables);
      return name.value === "skip" ? condition === true : name.value === "include" && !condition;
    });
  }
}

const literal = (value: ValueNode, variables: Variables): unknown => {
  switch (value.kind) {
    case "Variable":
      return variables[value.name.value] ?? null;
    case "IntValue":
      return Number(value.value);
    case "ListValue":
      return value.values.map((each) => literal(each, variables));
    case "BooleanValue":
      return value.value;
    default:
      return null;
  }
};
