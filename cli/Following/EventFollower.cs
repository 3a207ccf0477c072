using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Trainyard.Cli.Failures;
using Trainyard.Cli.Hosting;
using Trainyard.Cli.Json;
using Trainyard.Cli.Service;
using Trainyard.Contracts.Runs;

namespace Trainyard.Cli.Following;

/// <summary>
/// Follows one stream of a run to its end. When the connection breaks or falls silent it goes on from the byte where it
/// was, so that nothing is lost or repeated.
/// </summary>
/// <param name="stream"><c>logs</c> or <c>metrics</c>.</param>
/// <param name="wanted">The lines of the stream that are wanted.</param>
/// <param name="lost">Called once each time the connection breaks.</param>
internal sealed class EventFollower(
    ServiceClient service,
    RunId id,
    string stream,
    LogSelection wanted,
    ReconnectPolicy policy,
    Action<string> lost
)
{
    private long _offset;
    private int _attempt;
    private long _lastProgress = TimeProvider.System.GetTimestamp();

    public async IAsyncEnumerable<RunEvent> FollowAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var response = await service.OpenEventsAsync(id, stream, _offset, wanted, cancellationToken);
        while (true)
        {
            var opened = TimeProvider.System.GetTimestamp();
            var before = _offset;
            using (response)
            {
                await foreach (var item in ReadToBreakAsync(response, cancellationToken))
                {
                    yield return item;
                    if (item.Kind is RunEvent.End)
                    {
                        yield break;
                    }
                }
            }
            // Only new bytes or a long connection count as progress, not a service that repeatedly answers and hangs
            // up.
            if (_offset > before || TimeProvider.System.GetElapsedTime(opened) > policy.LongestWait)
            {
                (_attempt, _lastProgress) = (0, TimeProvider.System.GetTimestamp());
            }
            if (_attempt == 0)
            {
                lost("The connection to the service broke; waiting for it to come back ...");
            }
            response = await ReopenAsync(cancellationToken);
        }
    }

    private async IAsyncEnumerable<RunEvent> ReadToBreakAsync(
        HttpResponseMessage response,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var body = new EventBody(
            await response.Content.ReadAsStreamAsync(cancellationToken),
            policy.LongestSilence
        );
        await using var items = SseParser
            .Create(body)
            .EnumerateAsync(cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
        while (await MoveNextAsync(items))
        {
            yield return Take(items.Current);
        }
    }

    // A stream that breaks and one that just ends without its end event are the same to a follower.
    private static async Task<bool> MoveNextAsync(IAsyncEnumerator<SseItem<string>> items)
    {
        try
        {
            return await items.MoveNextAsync();
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return false;
        }
    }

    private RunEvent Take(SseItem<string> item)
    {
        var hasOffset = long.TryParse(item.EventId, NumberStyles.None, CultureInfo.InvariantCulture, out var after);
        var (kind, data) = item.EventType switch
        {
            RunEvent.Text => (RunEvent.Log, JsonSerializer.Deserialize(item.Data, CliJson.Wire.String) ?? ""),
            RunEvent.Log => (RunEvent.Log, WithLineEnd(item.Data, hasOffset ? after - _offset : null)),
            var other => (other, item.Data),
        };
        if (hasOffset)
        {
            _offset = after;
        }
        return new RunEvent(kind, data, hasOffset ? after : null);
    }

    // A chunk comes without its last line end, but for the pieces of an endless line: the byte count tells them apart.
    private static string WithLineEnd(string text, long? bytes) =>
        bytes == Encoding.UTF8.GetByteCount(text) ? text : text + '\n';

    private async Task<HttpResponseMessage> ReopenAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(policy.WaitBefore(_attempt++), cancellationToken);
            var isLast = TimeProvider.System.GetElapsedTime(_lastProgress) >= policy.GiveUpAfter;
            try
            {
                var response = await service.OpenEventsAsync(id, stream, _offset, wanted, cancellationToken);
                if (!isLast)
                {
                    return response;
                }
                response.Dispose();
                throw NoProgress();
            }
            catch (CliFailure failure)
                when (failure.ExitCode is ExitCode.Unreachable or ExitCode.ServiceError && !isLast)
            {
                // The service is still away, or still starting.
            }
        }
    }

    private CliFailure NoProgress() =>
        new(
            ExitCode.ServiceError,
            "stream_broken",
            $"The service answers, but its connection breaks each time before anything new comes: 'bx ml show training-runs {id}' "
                + "says how the run stands; a proxy in between may be what cuts it."
        );
}
