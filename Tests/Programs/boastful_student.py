"""A student that says that its tokens earn operations."""

import os
import sys

sys.path.append(os.path.join(os.path.dirname(__file__), "..", "..", "Examples", "python-student"))
import opd_student  # noqa: E402
import table_student  # noqa: E402


class Boastful(table_student.TableStudent):
    def start(self):
        super().start()
        self.flops_per_token = -1.0


if __name__ == "__main__":
    opd_student.serve(Boastful())
