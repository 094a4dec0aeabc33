"""A run in MLflow, under the names and units of metrics.jsonl, but for `@`, which it refuses: python3 to_mlflow.py RUN"""
import sys
import mlflow, opd, yaml

with open(sys.argv[1] + "/config.yaml") as file:
    settings = yaml.safe_load(file)
mlflow.set_experiment("opd")
with mlflow.start_run(run_name=settings["name"]):
    mlflow.log_artifact(sys.argv[1] + "/config.yaml")
    for step, rows in opd.runs(sys.argv[1]).groupby("step"):
        mlflow.log_metrics(dict(zip(rows.metric.str.replace("@", "_at_"), rows.value)), step=step)
