"""A run in Trackio, under the names and units of metrics.jsonl: python3 to_trackio.py RUN"""
import sys
import opd, trackio, yaml

with open(sys.argv[1] + "/config.yaml") as file:
    settings = yaml.safe_load(file)
trackio.init(project="opd", name=settings["name"], config=settings)
for step, rows in opd.runs(sys.argv[1]).groupby("step"):
    trackio.log(dict(zip(rows.metric, rows.value)), step=step)
trackio.finish()
