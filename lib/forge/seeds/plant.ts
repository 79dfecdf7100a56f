/**
 * Fills an empty forge from a seed. A forge that has a repository of that name keeps it as it is, so
 * starting twice with the same seed continues the story.
 */
import { randomBytes } from 'node:crypto'
import { commitEnvironment } from '../actions/merge.ts'
import { bareFolder, createBare, git } from '../git/bare.ts'
import { writeCommit } from '../git/write-commit.ts'
import { findAccount, findRepository } from '../state/find.ts'
import type { Account, Issue, Permission, Repository } from '../state/model.ts'
import { slugOf, type World } from '../world.ts'
import { ROLES, type Seed, type SeedAccount, type SeedIssue } from './seed.ts'

const DEFAULT_BRANCH = 'main'

/** @param developerToken given by the caller instead of drawn */
export async function plant(world: World, seed: Seed, developerToken: string | null): Promise<Repository> {
  const existing = findRepository(world.state, seed.repo)
  if (existing) return existing

  for (const role of ROLES) {
    const token = role === 'developer' ? developerToken : null
    addAccount(world, seed.accounts[role], token)
  }
  const repository = blankRepository(world, seed)
  await plantFiles(world, seed, repository)
  for (const issue of seed.issues) repository.issues.push(newIssue(world, issue, { repository, seed }))
  world.state.repositories.push(repository)
  if (seed.forkedBy) await plantFork(world, repository, seed.accounts[seed.forkedBy].login)
  await world.save()
  return repository
}

function addAccount(world: World, wish: SeedAccount, token: string | null): Account {
  const known = findAccount(world.state, wish.login)
  if (known) return known
  const account: Account = {
    id: world.nextId(),
    login: wish.login,
    kind: wish.kind,
    name: wish.name,
    emails: [`${wish.login}@users.noreply.${world.state.host}`, `${wish.login}@example.com`],
    token: token ?? `forge_${randomBytes(20).toString('hex')}`,
    scopes: wish.scopes ?? 'repo, read:org',
  }
  world.state.accounts.push(account)
  return account
}

function blankRepository(world: World, seed: Seed): Repository {
  const [owner = '', name = ''] = seed.repo.split('/')
  const permissions: Record<string, Permission> = {}
  for (const role of ROLES) permissions[seed.accounts[role].login.toLowerCase()] = seed.accounts[role].permission
  return {
    id: world.nextId(),
    owner,
    name,
    isPrivate: seed.isPrivate ?? false,
    createdAt: world.now(),
    defaultBranch: DEFAULT_BRANCH,
    forkOf: null,
    permissions,
    mergeCommitAllowed: true,
    squashMergeAllowed: true,
    rebaseMergeAllowed: true,
    deleteBranchOnMerge: seed.deleteBranchOnMerge ?? false,
    protections: [...(seed.protections ?? [])],
    mergeabilityLag: seed.mergeabilityLag ?? 0,
    reviewer: seed.reviewer,
    baseMove: seed.baseMove ? { ...seed.baseMove, author: seed.accounts.maintainer.login, done: false } : null,
    nextNumber: 1,
    labels: seed.labels.map((label) => ({ id: world.nextId(), name: label, color: 'ededed' })),
    issues: [],
    pulls: [],
    statuses: [],
    checkSuites: [],
  }
}

async function plantFiles(world: World, seed: Seed, repository: Repository): Promise<void> {
  const gitDir = bareFolder(world.folder, slugOf(repository).toLowerCase())
  await createBare(gitDir, DEFAULT_BRANCH)
  const maintainer = findAccount(world.state, seed.accounts.maintainer.login)
  const identity = maintainer ? commitEnvironment(maintainer) : {}
  await writeCommit(gitDir, { branch: DEFAULT_BRANCH, message: 'Begin the project', files: seed.files, identity })
}

async function plantFork(world: World, parent: Repository, owner: string): Promise<void> {
  const fork: Repository = {
    ...structuredClone(parent),
    id: world.nextId(),
    owner,
    forkOf: slugOf(parent),
    permissions: { [owner.toLowerCase()]: 'ADMIN' },
    protections: [],
    reviewer: null,
    baseMove: null,
    nextNumber: 1,
    issues: [],
  }
  const gitDir = bareFolder(world.folder, slugOf(fork).toLowerCase())
  await createBare(gitDir, DEFAULT_BRANCH)
  await git(gitDir, [
    'fetch',
    '--quiet',
    bareFolder(world.folder, slugOf(parent).toLowerCase()),
    '+refs/heads/*:refs/heads/*',
  ])
  world.state.repositories.push(fork)
}

function newIssue(world: World, wish: SeedIssue, { repository, seed }: { repository: Repository; seed: Seed }): Issue {
  const at = world.now()
  return {
    id: world.nextId(),
    number: repository.nextNumber++,
    title: wish.title,
    body: wish.body,
    author: seed.accounts.maintainer.login,
    createdAt: at,
    updatedAt: at,
    closedAt: null,
    labels: [...(wish.labels ?? [])],
    assignees: [],
    comments: [],
    events: [],
    state: 'OPEN',
    stateReason: null,
  }
}
