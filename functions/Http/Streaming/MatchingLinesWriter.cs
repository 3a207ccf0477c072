using System.Buffers;
using System.Text;
using Trainyard.Contracts;

namespace Trainyard.Functions.Http.Streaming;

/// <summary>Passes on only lines that contain the given text, ignoring case; status events always pass.</summary>
internal sealed class MatchingLinesWriter(IOutputWriter inner, string wanted) : IOutputWriter
{
    /// <summary>The longest text that a request may search for.</summary>
    public const int LongestText = 200;

    public Task WriteOutputAsync(ReadOnlyMemory<byte> lines, long offset, CancellationToken cancellationToken)
    {
        var matching = new ArrayBufferWriter<byte>();
        for (var rest = lines; !rest.IsEmpty; )
        {
            var end = rest.Span.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..(end + 1)];
            if (Encoding.UTF8.GetString(line.Span).Contains(wanted, StringComparison.OrdinalIgnoreCase))
            {
                matching.Write(line.Span);
            }
            rest = rest[line.Length..];
        }
        return matching.WrittenCount == 0
            ? Task.CompletedTask
            : inner.WriteOutputAsync(matching.WrittenMemory, offset, cancellationToken);
    }

    public Task WriteStatusAsync(PhaseResource status, CancellationToken cancellationToken) =>
        inner.WriteStatusAsync(status, cancellationToken);

    public Task WriteProgressAsync(ProgressResource progress, CancellationToken cancellationToken) =>
        inner.WriteProgressAsync(progress, cancellationToken);

    public Task WriteKeepAliveAsync(CancellationToken cancellationToken) =>
        inner.WriteKeepAliveAsync(cancellationToken);

    public Task WriteEndAsync(RunStatusResource status, CancellationToken cancellationToken) =>
        inner.WriteEndAsync(status, cancellationToken);
}
