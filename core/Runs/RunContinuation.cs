using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;
using Trainyard.Contracts.Runs;

namespace Trainyard.Core.Runs;

/// <summary>The last run of a page, as text that callers pass back: version, ticks, id, in url-safe base64.</summary>
public readonly record struct RunContinuation(long SubmittedTicks, RunId Id)
{
    private const byte Version = 1;
    private const int Header = 1 + sizeof(long);
    private const int MaxText = 64;

    /// <summary>The continuation after a run.</summary>
    public static RunContinuation After(TrainingRun run) => new(run.SubmittedAt.UtcTicks, run.Id);

    /// <summary>
    /// Parses a continuation. Throws <see cref="InvalidContinuationException"/> for a text that <see cref="ToString"/>
    /// did not make.
    /// </summary>
    public static RunContinuation Parse(string text)
    {
        if (text.Length > MaxText || !Base64Url.IsValid(text))
        {
            throw new InvalidContinuationException();
        }
        var bytes = Base64Url.DecodeFromChars(text);
        if (bytes.Length <= Header || bytes[0] != Version)
        {
            throw new InvalidContinuationException();
        }
        var ticks = BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(1));
        if (
            ticks < DateTimeOffset.MinValue.Ticks
            || ticks > DateTimeOffset.MaxValue.Ticks
            || !RunId.TryParse(Encoding.ASCII.GetString(bytes.AsSpan(Header)), out var id)
        )
        {
            throw new InvalidContinuationException();
        }
        var parsed = new RunContinuation(ticks, id);
        // Each place has exactly one valid text: no ignored white space, no padding.
        return parsed.ToString() == text ? parsed : throw new InvalidContinuationException();
    }

    /// <inheritdoc />
    public override string ToString()
    {
        var id = Encoding.ASCII.GetBytes(Id.ToString());
        var bytes = new byte[Header + id.Length];
        bytes[0] = Version;
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(1), SubmittedTicks);
        id.CopyTo(bytes, Header);
        return Base64Url.EncodeToString(bytes);
    }
}
