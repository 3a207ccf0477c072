namespace Trainyard.Runtime.Triggers.Discovery;

internal enum TriggerKind
{
    Http,
    Timer,
    Blob,
    Orchestration,
    Activity,
}
