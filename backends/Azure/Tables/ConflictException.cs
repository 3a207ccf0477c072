namespace Trainyard.Backends.Azure.Tables;

/// <summary>What was read has changed before it was written back: read again, decide again.</summary>
internal sealed class ConflictException(Exception? cause = null)
    : IOException("Somebody else changed the row at the same time.", cause);
