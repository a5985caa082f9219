#!/usr/bin/env node
import * as Main from "./Main.ts";
import { program } from "./Program.ts";

Main.run(process, program);
