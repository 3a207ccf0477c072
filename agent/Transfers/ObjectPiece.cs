namespace Trainyard.Agent.Transfers;

/// <summary>A range of an object, fetched with one request, or more when the connection breaks.</summary>
internal sealed class ObjectPiece(ObjectTransfer transfer, long from, long bytes)
{
    public ObjectTransfer Object => transfer;

    public long From => from;

    public long Bytes => bytes;

    /// <summary>The bytes received so far.</summary>
    public long Done { get; set; }

    public bool IsWhole => Done == bytes;

    /// <summary>Whether the piece is the whole object.</summary>
    public bool IsAll => from == 0 && bytes == transfer.Listed.Object.Bytes;

    /// <summary>Whether the piece ends at the object's end.</summary>
    public bool IsLast => from + bytes == transfer.Listed.Object.Bytes;
}
