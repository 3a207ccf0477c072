namespace Trainyard.Backends.Azure.Tables;

/// <summary>A row changed between its read and its write: the caller must read it again and decide again.</summary>
internal sealed class ConflictException(Exception? cause = null)
    : IOException("Somebody else changed the row at the same time.", cause);
