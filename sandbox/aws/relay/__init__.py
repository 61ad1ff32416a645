"""CloudTrail for the local AWS: each management call reaches the event bus, the log bucket and the logs.

MiniStack records calls for `LookupEvents` only, without the ones that it denies, and its trails deliver
nothing. The relay watches the one place through which every call passes, writes the record that
CloudTrail would write, and copies it to where a trail and EventBridge would bring it.
"""
