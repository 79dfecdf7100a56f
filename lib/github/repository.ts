/** A slug in the two parts that GitHub asks for. */
export function ownerAndName(repo: string): { owner: string; name: string } {
  const slash = repo.indexOf('/')
  return { owner: repo.slice(0, slash), name: repo.slice(slash + 1) }
}

/** The beginning of a REST path about this repository. */
export function restPath(repo: string): string {
  const { owner, name } = ownerAndName(repo)
  return `/repos/${encodeURIComponent(owner)}/${encodeURIComponent(name)}`
}
