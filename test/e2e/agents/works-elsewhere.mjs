// Takes its work to a branch of its own and pushes it there, with the remote's own address.
import { execFileSync } from 'node:child_process'
import { appendFileSync } from 'node:fs'

appendFileSync('app.txt', 'a line by the agent\n')
execFileSync('git', ['checkout', '--quiet', '-B', 'my-own-idea'])
execFileSync('git', ['commit', '--quiet', '--all', '-m', 'Add a line'])
execFileSync('git', ['push', '--quiet', 'origin', 'HEAD:refs/heads/my-own-idea'])
