"""A parent that has children at work, prints their process ids, and then waits to be killed."""

from __future__ import annotations

import asyncio
import sys

from fivegwatch.flows.workers.bounded_pool import Pool
from tests.flows import victims


async def main(task: str) -> None:
    with Pool(2) as pool:
        pids = {await pool.run(victims.pid, timeout_s=20, url="u") for _ in range(8)}
        victim = getattr(victims, task)
        running = [asyncio.create_task(pool.run(victim, timeout_s=300, url="u")) for _ in range(2)]
        await asyncio.sleep(0.5)
        print(*pids, flush=True)
        await asyncio.gather(*running)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
