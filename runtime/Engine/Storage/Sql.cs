using Microsoft.DurableTask.Client;

namespace Trainyard.Runtime.Engine.Storage;

/// <summary>Pieces that several statements share.</summary>
internal static class Sql
{
    public static readonly string NotEnded = List(
        OrchestrationRuntimeStatus.Pending,
        OrchestrationRuntimeStatus.Running,
        OrchestrationRuntimeStatus.Suspended
    );

    public static string List(params IEnumerable<OrchestrationRuntimeStatus> statuses) =>
        $"({string.Join(',', statuses.Select(status => (int)status))})";
}
