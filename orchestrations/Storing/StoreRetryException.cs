using Microsoft.DurableTask;
using Trainyard.Contracts.Runs;

namespace Trainyard.Orchestrations.Storing;

/// <summary>
/// A transient failure of a store. Its message carries the reason through the history, in case retries do not help.
/// </summary>
internal sealed class StoreRetryException(RunReason reason, Exception inner)
    : Exception($"{reason.Fault} {reason.Code}: {reason.Message}", inner)
{
    /// <summary>The reason in a failure from the history; null for any other failure.</summary>
    public static RunReason? ReasonOf(TaskFailureDetails failure)
    {
        if (!failure.ErrorType.EndsWith(nameof(StoreRetryException), StringComparison.Ordinal))
        {
            return null;
        }
        var text = failure.ErrorMessage;
        var (space, colon) = (text.IndexOf(' '), text.IndexOf(": ", StringComparison.Ordinal));
        return space > 0 && colon > space && Enum.TryParse<Fault>(text.AsSpan(0, space), out var fault)
            ? new RunReason
            {
                Code = text[(space + 1)..colon],
                Message = text[(colon + 2)..],
                Fault = fault,
            }
            : null;
    }
}
