using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Microsoft.DurableTask.Client;

/// <summary>What is known about one orchestration. Inputs and outputs only when they were asked for.</summary>
public sealed class OrchestrationMetadata(string name, string instanceId)
{
    public string Name { get; } = name;

    public string InstanceId { get; } = instanceId;

    public DataConverter? DataConverter { get; init; }

    public OrchestrationRuntimeStatus RuntimeStatus { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset LastUpdatedAt { get; init; }

    public string? SerializedInput { get; init; }

    public string? SerializedOutput { get; init; }

    public string? SerializedCustomStatus { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init; } = ImmutableDictionary.Create<string, string>();

    public TaskFailureDetails? FailureDetails { get; init; }

    public bool IsRunning => RuntimeStatus == OrchestrationRuntimeStatus.Running;

    public bool IsCompleted =>
        RuntimeStatus
            is OrchestrationRuntimeStatus.Completed
                or OrchestrationRuntimeStatus.Failed
                or OrchestrationRuntimeStatus.Terminated;

    /// <exception cref="InvalidOperationException">Inputs and outputs were not asked for.</exception>
    public T? ReadInputAs<T>() => Read<T>(SerializedInput, "input");

    /// <inheritdoc cref="ReadInputAs{T}"/>
    public T? ReadOutputAs<T>() => Read<T>(SerializedOutput, "output");

    /// <inheritdoc cref="ReadInputAs{T}"/>
    public T? ReadCustomStatusAs<T>() => Read<T>(SerializedCustomStatus, "custom status");

    public override string ToString()
    {
        var text = $"[Name: '{Name}', ID: '{InstanceId}', RuntimeStatus: {RuntimeStatus},";
        text += $" CreatedAt: {CreatedAt:s}, LastUpdatedAt: {LastUpdatedAt:s}";
        text += SerializedInput is null ? "" : $", Input: '{Trim(SerializedInput)}'";
        text += SerializedOutput is null ? "" : $", Output: '{Trim(SerializedOutput)}'";
        text += FailureDetails is null
            ? ""
            : $", FailureDetails: '{FailureDetails.ErrorType} - {Trim(FailureDetails.ErrorMessage)}'";
        return text + "]";
    }

    [return: NotNullIfNotNull(nameof(data))]
    private T? Read<T>(string? data, string what)
    {
        if (DataConverter is null)
        {
            throw new InvalidOperationException(
                $"The {what} can only be read from metadata that was fetched with inputs and outputs."
            );
        }

        return DataConverter.Deserialize<T>(data);
    }

    private static string Trim(string payload) => payload.Length <= 50 ? payload : payload[..50] + "...";
}
