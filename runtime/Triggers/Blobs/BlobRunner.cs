using Microsoft.Extensions.Logging;
using Trainyard.Runtime.Triggers.Invocation;
using Trainyard.Runtime.Triggers.Listeners;
using Trainyard.Runtime.Triggers.Settings;

namespace Trainyard.Runtime.Triggers.Blobs;

/// <summary>Runs a blob function on one file once, and stores the outcome.</summary>
internal sealed partial class BlobRunner(
    DiscoveredFunction function,
    string container,
    BlobReceipts receipts,
    BlobTriggerSettings settings,
    FunctionDispatcher dispatcher,
    DrainClock drain,
    TimeProvider timeProvider,
    ILogger<BlobRunner> logger
)
{
    public string FunctionName => function.Name;

    /// <returns>How long to wait before the file may be tried again.</returns>
    public async Task<TimeSpan> RunAsync(BlobFile file)
    {
        var before = receipts.Find(file.Name) is { } receipt && receipt.Version == file.Version ? receipt.Attempts : 0;
        // Stored before the attempt, so that a file that crashes the whole process is not tried for ever.
        Keep(file, before + 1, before < settings.MaxAttempts ? BlobOutcome.Trying : BlobOutcome.Poison, error: null);
        if (before >= settings.MaxAttempts)
        {
            Poisoned(function.Name, file.Name, before, exception: null);
            return TimeSpan.Zero;
        }
        try
        {
            await InvokeAsync(file, before);
            Keep(file, before + 1, BlobOutcome.Done, error: null);
            return TimeSpan.Zero;
        }
        catch (OperationCanceledException) when (drain.Over.IsCancellationRequested)
        {
            // The host's stop cancelled the attempt, so it does not count as a failure of the file.
            Keep(file, before, BlobOutcome.Trying, error: null);
            throw;
        }
        catch (FileNotFoundException e) when (e.FileName == file.FullPath)
        {
            return TimeSpan.Zero;
        }
        catch (Exception e)
        {
            return Fail(file, before + 1, e);
        }
    }

    private TimeSpan Fail(BlobFile file, int attempts, Exception e)
    {
        var isLast = attempts >= settings.MaxAttempts;
        Keep(file, attempts, isLast ? BlobOutcome.Poison : BlobOutcome.Trying, $"{e.GetType().Name}: {e.Message}");
        if (isLast)
        {
            Poisoned(function.Name, file.Name, attempts, e);
            return TimeSpan.Zero;
        }
        Failed(function.Name, file.Name, attempts, settings.MaxAttempts, e);
        return settings.RetryDelay * Math.Pow(2, attempts - 1);
    }

    private async Task InvokeAsync(BlobFile file, int retryCount)
    {
        var content = await BlobContent.OpenAsync(file.FullPath, function.TriggerParameter.ParameterType, drain.Over);
        await using var opened = content as Stream;
        await dispatcher.InvokeAsync(
            function,
            new InvocationRequest
            {
                TriggerValue = content,
                BindingContext = new BlobBindingContext($"{container}/{file.Name}", file.Values),
                RetryContext = new EmbeddedRetryContext(retryCount, settings.MaxAttempts - 1),
            },
            drain.Over
        );
    }

    private void Keep(BlobFile file, int attempts, BlobOutcome outcome, string? error) =>
        receipts.Save(
            new BlobReceipt
            {
                Name = file.Name,
                Version = file.Version,
                Outcome = outcome,
                Attempts = attempts,
                Error = error,
                UpdatedAt = timeProvider.GetUtcNow(),
            }
        );

    [LoggerMessage(1211, LogLevel.Warning, "{Function} failed on {Blob}, attempt {Attempt} of {MaxAttempts}")]
    private partial void Failed(string function, string blob, int attempt, int maxAttempts, Exception exception);

    [LoggerMessage(
        1212,
        LogLevel.Error,
        "{Function} failed on {Blob} {Attempts} times; it is left as poison until it is written again"
    )]
    private partial void Poisoned(string function, string blob, int attempts, Exception? exception);
}
