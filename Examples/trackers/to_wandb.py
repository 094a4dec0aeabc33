"""A run in Weights & Biases, under the names and units of metrics.jsonl: python3 to_wandb.py RUN"""
import sys
import opd, wandb, yaml

with open(sys.argv[1] + "/config.yaml") as file:
    settings = yaml.safe_load(file)
with wandb.init(project="opd", name=settings["name"], config=settings) as run:
    for step, rows in opd.runs(sys.argv[1]).groupby("step"):
        run.log(dict(zip(rows.metric, rows.value)), step=step)
    run.summary.update({"flops/" + row.account: row.flops for row in opd.costs(sys.argv[1]).itertuples()})
