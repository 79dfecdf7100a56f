// A reviewer that is cut off in the middle of the answer that it prints.
console.log('```json\n{"schema":1,"findings":[]')
