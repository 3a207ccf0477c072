using System.Net;
using System.Net.Http.Headers;
using Trainyard.Agent.Service;

namespace Trainyard.Agent.Verbs;

/// <summary>As much of an object as has come.</summary>
internal sealed class PartialObject(ListedObject listed, FileStream file)
{
    public ListedObject Listed { get; set; } = listed;

    public long Length => file.Length;

    /// <summary>Of the version that the file's bytes are from; null when the store gave none that binds.</summary>
    public string? ETag { get; private set; }

    public bool IsWhole => file.Length == Listed.Object.Bytes;

    /// <summary>Begins anew, with the version an answer brings.</summary>
    public void Restart(EntityTagHeaderValue? etag)
    {
        file.SetLength(0);
        ETag = etag is { IsWeak: false } ? etag.Tag : null;
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (file.Length + bytes.Length > Listed.Object.Bytes)
        {
            file.SetLength(0);
            throw new ServiceAwayException("it is longer than it was listed.") { Answered = true };
        }
        file.Write(bytes);
    }

    /// <summary>What we have is no part of the object any more when the rest of it is refused.</summary>
    public void ForgetWhenRefused(HttpStatusCode status)
    {
        if (status is HttpStatusCode.RequestedRangeNotSatisfiable or HttpStatusCode.PreconditionFailed)
        {
            file.SetLength(0);
        }
    }
}
