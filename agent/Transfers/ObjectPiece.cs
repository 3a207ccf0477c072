namespace Trainyard.Agent.Transfers;

/// <summary>A range of an object that one request fetches, or several when the connection breaks.</summary>
internal sealed class ObjectPiece(ObjectTransfer transfer, long from, long bytes)
{
    public ObjectTransfer Object => transfer;

    public long From => from;

    public long Bytes => bytes;

    /// <summary>The number of bytes that have arrived.</summary>
    public long Done { get; set; }

    public bool IsWhole => Done == bytes;

    /// <summary>Whether the piece is the whole object.</summary>
    public bool IsAll => from == 0 && bytes == transfer.Listed.Object.Bytes;

    /// <summary>Whether the piece is the end of the object.</summary>
    public bool IsLast => from + bytes == transfer.Listed.Object.Bytes;
}
