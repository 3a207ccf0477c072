"""Reads what the test runner left: one line for a project as it ends, or all failures and the sum.

usage: results.py one RESULTS PROJECT | results.py all RESULTS
RESULTS holds PROJECT.trx (the runner's results), PROJECT.log (its output) and PROJECT.exit (its exit code).
"""

import sys
import xml.etree.ElementTree as xml
from dataclasses import dataclass, field
from pathlib import Path

NAMESPACE = "{http://microsoft.com/schemas/VisualStudio/TeamTest/2010}"
LINES_OF_A_FAILURE = 40
WIDTH_OF_A_LINE = 240


@dataclass
class Project:
    name: str
    passed: int = 0
    failures: list = field(default_factory=list)  # (test, text)
    skipped: list = field(default_factory=list)  # (test, reason)

    @property
    def line(self):
        text = f"{self.passed} passed, {len(self.failures)} failed"
        return text + (f", {len(self.skipped)} skipped" if self.skipped else "")


def text_of(result, *path):
    found = result.find("/".join(NAMESPACE + step for step in ("Output",) + path))
    return (found.text or "").strip() if found is not None else ""


def read(results, name):
    project = Project(name)
    trx = results / f"{name}.trx"
    if trx.exists():
        for result in xml.parse(trx).iter(NAMESPACE + "UnitTestResult"):
            test, outcome = result.get("testName"), result.get("outcome")
            if outcome == "Passed":
                project.passed += 1
            elif outcome == "NotExecuted":
                project.skipped.append((test, text_of(result, "ErrorInfo", "Message") or text_of(result, "StdOut")))
            else:
                parts = [text_of(result, "ErrorInfo", "Message"), text_of(result, "ErrorInfo", "StackTrace"), text_of(result, "StdOut")]
                project.failures.append((test, "\n".join(part for part in parts if part)))

    exit_code = int((results / f"{name}.exit").read_text())
    if not project.failures and (exit_code != 0 or not trx.exists()):
        log = (results / f"{name}.log").read_text(errors="replace").strip()
        project.failures.append((f"{name} did not run to its end (exit {exit_code})", log))
    return project


def shorten(text):
    """Both ends of a long text: the message stands at one, what happened last at the other."""
    lines = [line if len(line) <= WIDTH_OF_A_LINE else line[:WIDTH_OF_A_LINE] + " …" for line in text.splitlines()]
    if len(lines) <= LINES_OF_A_FAILURE:
        return lines
    half = LINES_OF_A_FAILURE // 2
    return lines[:half] + [f"… {len(lines) - 2 * half} more lines …"] + lines[-half:]


def one(results, name):
    print(f"{name}: {read(results, name).line}", flush=True)
    return 0


def everything(results):
    projects = [read(results, path.stem) for path in sorted(results.glob("*.exit"))]
    for project in projects:
        for test, reason in project.skipped:
            print(f"skipped  {test}: {reason or 'no reason given'}")
    for project in projects:
        for test, text in project.failures:
            print(f"\nFAILED   {test}")
            print("\n".join("    " + line for line in shorten(text)))

    total = Project(
        "all",
        sum(project.passed for project in projects),
        [failure for project in projects for failure in project.failures],
        [skip for project in projects for skip in project.skipped],
    )
    print(f"\n{total.line}")
    return 1 if total.failures or total.passed == 0 else 0


if __name__ == "__main__":
    folder = Path(sys.argv[2])
    sys.exit(one(folder, sys.argv[3]) if sys.argv[1] == "one" else everything(folder))
