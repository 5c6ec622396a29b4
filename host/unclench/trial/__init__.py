"""The self-trial: a randomized trial on one person: does seeing tension help?"""
