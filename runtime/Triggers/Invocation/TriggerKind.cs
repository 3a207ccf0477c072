namespace Trainyard.Runtime.Triggers.Invocation;

internal enum TriggerKind
{
    Http,
    Timer,
    Blob,
    Orchestration,
    Activity,
}
