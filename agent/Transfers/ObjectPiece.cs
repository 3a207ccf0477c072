namespace Trainyard.Agent.Transfers;

/// <summary>A range of an object that is fetched with one request, or with more where the connection breaks.</summary>
internal sealed class ObjectPiece(ObjectTransfer transfer, long from, long bytes)
{
    public ObjectTransfer Object => transfer;

    public long From => from;

    public long Bytes => bytes;

    /// <summary>How much of it has come.</summary>
    public long Done { get; set; }

    public bool IsWhole => Done == bytes;

    /// <summary>Whether the piece is all of the object.</summary>
    public bool IsAll => from == 0 && bytes == transfer.Listed.Object.Bytes;

    /// <summary>Whether nothing of the object lies behind it.</summary>
    public bool IsLast => from + bytes == transfer.Listed.Object.Bytes;
}
