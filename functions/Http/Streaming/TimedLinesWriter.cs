using System.Buffers;
using System.Globalization;
using System.Text;
using Trainyard.Contracts;
using Trainyard.Functions.Http.Records;

namespace Trainyard.Functions.Http.Streaming;

/// <summary>Passes on only the log lines of a span of time, each prefixed with its time on request.</summary>
/// <param name="inner">Takes the remaining lines.</param>
/// <param name="clock">Knows when each line was printed.</param>
/// <param name="query">The request's filters.</param>
/// <param name="beginsLine">Whether the first byte begins a line.</param>
internal sealed class TimedLinesWriter(IOutputWriter inner, LogClock clock, OutputQuery query, bool beginsLine)
    : IOutputWriter
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.fff'Z '";

    // Output that begins in the middle of a line is not passed on before the next line begins.
    private bool _passes = beginsLine;
    private bool _beginsLine = beginsLine;

    public async Task WriteOutputAsync(ReadOnlyMemory<byte> lines, long offset, CancellationToken cancellationToken)
    {
        var place = offset - lines.Length;
        await clock.LoadUntilAsync(offset, cancellationToken);
        var passing = new ArrayBufferWriter<byte>(lines.Length + 64);
        for (var rest = lines; !rest.IsEmpty; )
        {
            var end = rest.Span.IndexOf((byte)'\n');
            var part = end < 0 ? rest : rest[..(end + 1)];
            Take(part.Span, place, passing);
            place += part.Length;
            rest = rest[part.Length..];
        }
        if (passing.WrittenCount > 0)
        {
            await inner.WriteOutputAsync(passing.WrittenMemory, offset, cancellationToken);
        }
    }

    public Task WriteStatusAsync(PhaseResource status, CancellationToken cancellationToken) =>
        inner.WriteStatusAsync(status, cancellationToken);

    public Task WriteProgressAsync(ProgressResource progress, CancellationToken cancellationToken) =>
        inner.WriteProgressAsync(progress, cancellationToken);

    public Task WriteKeepAliveAsync(CancellationToken cancellationToken) =>
        inner.WriteKeepAliveAsync(cancellationToken);

    public Task WriteEndAsync(RunStatusResource status, CancellationToken cancellationToken) =>
        inner.WriteEndAsync(status, cancellationToken);

    private void Take(ReadOnlySpan<byte> part, long place, ArrayBufferWriter<byte> passing)
    {
        if (_beginsLine)
        {
            var time = clock.TimeAt(place);
            _passes = Passes(part, time);
            if (_passes && query.Timestamps)
            {
                passing.Write(Encoding.ASCII.GetBytes(Stamp(time)));
            }
        }
        if (_passes)
        {
            passing.Write(part);
        }
        _beginsLine = part[^1] == '\n';
    }

    // With a since filter, a line without a recorded time does not pass.
    private bool Passes(ReadOnlySpan<byte> part, long? time) =>
        (query.SinceMs is null || time >= query.SinceMs)
        && (query.UntilMs is null || time is null || time <= query.UntilMs)
        && (
            query.Grep is null || Encoding.UTF8.GetString(part).Contains(query.Grep, StringComparison.OrdinalIgnoreCase)
        );

    private static string Stamp(long? ms) =>
        ms is { } known
            ? DateTimeOffset.FromUnixTimeMilliseconds(known).ToString(Format, CultureInfo.InvariantCulture)
            : "- ";
}
