#!/usr/bin/env node
// The umbrella: all commands under one name.
import { runUmbrella } from '../lib/command/umbrella.ts'

await runUmbrella(() => new URL('../scripts/', import.meta.url))
