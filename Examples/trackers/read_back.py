"""What a tracker holds of a run against the run itself: read_back.py wandb|trackio|mlflow RUN FOLDER

Each library is asked for what it wrote; every number of the run has to be there, at its step and to the last digit.
"""
import glob
import json
import struct
import sys

import opd


def wandb(folder):
    """What a run kept offline would send: records of its file, one a step."""
    from wandb.proto import wandb_internal_pb2

    (path,) = glob.glob(folder + "/wandb/offline-run-*/run-*.wandb")
    for data in leveldb(path):
        record = wandb_internal_pb2.Record()
        record.ParseFromString(data)
        for item in record.history.item:
            name = item.key or "/".join(item.nested_key)
            if not name.startswith("_"):
                yield record.history.step.num, name, json.loads(item.value_json)


def leveldb(path):
    """The records of a log in LevelDB's format: pieces with checksum, length and kind in blocks of 32 KiB."""
    with open(path, "rb") as file:
        data = file.read()
    place, whole = 7, b""  # Behind the file's own mark.
    while place + 7 <= len(data):
        if 32768 - place % 32768 < 7:
            place += 32768 - place % 32768
        _, length, kind = struct.unpack_from("<IHB", data, place)
        piece = data[place + 7 : place + 7 + length]
        place += 7 + length
        # 1 is a whole record, 2 the first piece of one, 3 one in the middle, 4 the last.
        whole = piece if kind in (1, 2) else whole + piece
        if kind in (1, 4):
            yield whole


def trackio(folder):
    from trackio.sqlite_storage import SQLiteStorage

    for line in SQLiteStorage.get_logs("opd", "tracked"):
        for name, value in line.items():
            if name not in ("step", "timestamp"):
                yield line["step"], name, value


def mlflow(folder):
    import mlflow

    client = mlflow.MlflowClient()
    (run,) = client.search_runs([client.get_experiment_by_name("opd").experiment_id])
    for name in run.data.metrics:
        for point in client.get_metric_history(run.info.run_id, name):
            yield point.step, name.replace("_at_", "@"), point.value


def main():
    library, run, folder = sys.argv[1:]
    found = {(step, name): value for step, name, value in globals()[library](folder)}
    meant = {(row.step, row.metric): row.value for row in opd.runs(run).itertuples()}
    wrong = [key for key in meant if found.get(key) != meant[key]] + sorted(set(found) - set(meant))
    if wrong:
        sys.exit(f"error: {library} holds something else for {wrong[:5]} ({len(wrong)} of {len(meant)} numbers).")
    print(f"{library}: {len(meant)} numbers of {len({name for _, name in meant})} metrics, all as the run has them")


main()
