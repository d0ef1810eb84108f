"""Calls every operation of the served OpenAPI document with generated requests and accepts no answer that it does not describe.

    python run.py                      the short form: at most 150 seconds, at least 2,000 cases
    python run.py --seconds 900 --cases 10000

Needs a Python with requirements.txt, and the program (LIENTHONG_BIN). It seeds practice data, serves them, and calls as
people of several agencies and ranks and as an outside system. Exit code 1 on any 5xx, undescribed status, content type,
header or body, on a call that ignores its credential, or when fewer cases ran than asked for. The last line is the verdict.
"""

import argparse
import importlib.metadata
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
PEOPLE = [
    "hue.vanthu", "hue.chanhvanphong", "hue.phochutich", "hue.chuyenvien", "bnv.chuyenvien", "bnv.truongdonvi",
    "bnv.vanthu", "bnv.botruong", "bnv.quantri", "stc.vanthu",
]
AGENCIES = ["H57", "G09"]
# What this run is about. Left out: whether more is accepted than described (unknown query fields are ignored on
# purpose) and whether made-up ids are found.
CHECKS = [
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "unsupported_method", "allow_header_conformance", "ignored_auth",
]


def call(address, path, token=None, body=None):
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    data = json.dumps(body).encode() if body is not None else None
    with urllib.request.urlopen(urllib.request.Request(address + path, data, headers), timeout=60) as answer:
        return json.load(answer)


def seed(binary, data):
    """Practice data with the story run through; gives nobody's secret away: the password is printed by the program."""
    child = subprocess.Popen([binary, "demo", "--data", data, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
    password = None
    for line in child.stdout:
        if line.startswith("PASSWORD "):
            password = line.split()[1]
        if line.startswith("SERVING "):
            break
    child.send_signal(signal.SIGTERM)
    child.communicate(timeout=60)
    if not password:
        sys.exit("the practice data could not be made")
    return password


def serve(binary, data, log):
    """The program as an operator starts it, but without limits of requests: they would answer 429 to nearly everything."""
    limits = {f"LIENTHONG_LIMITS_{who}_REQUESTS_PER_MINUTE": "0" for who in ("ACCOUNT", "SYSTEM", "ADDRESS")}
    child = subprocess.Popen(
        [binary, "serve", "--data", data, "--listen", "127.0.0.1:0", "--admin-listen", ""],
        stdout=log, stderr=subprocess.STDOUT, env={**os.environ, **limits, "LIENTHONG_TELEMETRY_LOG_FILTER": "warn,web=error"},
    )
    for _ in range(240):
        found = re.search(r"http://127\.0\.0\.1:\d+", open(log.name, encoding="utf-8").read())
        if found:
            return child, found.group(0)
        if child.poll() is not None:
            break
        time.sleep(0.25)
    sys.exit(f"the program did not start:\n{open(log.name, encoding='utf-8').read()}")


def system(binary, data):
    arguments = [binary, "system", "register", "--data", data, "--name", "kiem-thu"]
    for agency in AGENCIES:
        arguments += ["--agency", agency]
    said = subprocess.run(arguments, capture_output=True, text=True, check=True).stdout
    return said.split()[-1]


def known_ids(address, tokens):
    """Ids that exist, so that calls get further than 404."""
    found = {"incoming": set(), "outgoing": set(), "packages": set(), "routes": set()}
    for token in tokens:
        for kind in ("incoming", "outgoing"):
            found[kind] |= {item["id"] for item in call(address, f"/api/v1/{kind}-documents", token)["items"]}
        try:
            found["packages"] |= {item["package_id"] for item in call(address, "/api/v1/exchange/inbox", token)["items"]}
            found["routes"] |= {item["id"] for item in call(address, "/api/v1/routes", token)}
        except urllib.error.HTTPError:
            pass  # Not among this person's rights.
    return {kind: sorted(ids) for kind, ids in found.items()}


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--seconds", type=int, default=150)
    options.add_argument("--cases", type=int, default=2000)
    options.add_argument("--seed", type=int)
    options = options.parse_args()
    binary = os.path.realpath(os.environ.get("LIENTHONG_BIN", os.path.join(HERE, "../../target/debug/lienthong")))
    print(f"Python {platform.python_version()}, schemathesis {importlib.metadata.version('schemathesis')}, "
          f"{subprocess.run([binary, '--version'], capture_output=True, text=True).stdout.strip()}", flush=True)
    folder = tempfile.mkdtemp(prefix="lienthong-api-")
    data, child = os.path.join(folder, "data"), None
    try:
        password = seed(binary, data)
        with open(os.path.join(folder, "serve.log"), "w", encoding="utf-8") as log:
            child, address = serve(binary, data, log)
        session = lambda person: call(address, "/api/v1/sessions", None, {"username": person, "password": password})["token"]
        people = [session(person) for person in PEOPLE]
        kept = {
            "people": people,
            "system": system(binary, data),
            # For the calls that end a session or change whom it acts for.
            "spare": [session(PEOPLE[n % len(PEOPLE)]) for n in range(20)],
            "ids": known_ids(address, people),
        }
        context = os.path.join(folder, "context.json")
        with open(context, "w", encoding="utf-8") as file:
            json.dump(kept, file)
        report = os.path.join(folder, "report.json")
        arguments = [
            os.path.join(os.path.dirname(sys.executable), "schemathesis"), "run", address + "/api/openapi.json",
            "--phases", "examples,coverage,fuzzing", "--max-time", str(options.seconds), "--continue-on-failure",
            "--checks", ",".join(CHECKS), "--request-timeout", "20", "--warnings", "off", "--max-redirects", "0",
            "--no-color", "--generation-database", "none", "--workers", "1", "--report", "json", "--report-json-path", report,
        ]
        if options.seed is not None:
            arguments += ["--seed", str(options.seed)]
        environment = {**os.environ, "SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": HERE, "LIENTHONG_API_CONTEXT": context}
        subprocess.run(arguments, cwd=folder, env=environment, timeout=options.seconds + 300)
        with open(report, encoding="utf-8") as file:
            told = json.load(file)
        alive = child.poll() is None
        cases, failures = told["test_cases"]["generated"], told["test_cases"]["unique_failures"]
        operations, errors = told["operations"], len(told["errors"])
        if not alive:
            print("the program ended during the run:")
        if failures or errors or not alive:
            with open(os.path.join(folder, "serve.log"), encoding="utf-8") as file:
                # The first lines of each trouble; a back trace below a panic would drown the others.
                print("".join(line for line in file if not re.match(r"\s+(\d+:|at )", line))[-20000:])
        holds = alive and not failures and not errors and cases >= options.cases and operations["tested"] == operations["total"]
        print(f"api: {operations['tested']} of {operations['total']} operations, {cases} cases in {told['running_time']:.0f} s "
              f"(seed {told['seed']}), {failures} failures, {errors} errors: {'holds' if holds else 'DOES NOT HOLD'}")
        return 0 if holds else 1
    finally:
        if child and child.poll() is None:
            child.terminate()
            child.wait(timeout=60)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
