namespace Trainyard.Core.Stores;

/// <summary>
/// The container into which users drop archives and manifests: <c>drop/{folder}/{name}</c>, where the folder should be
/// an owner's. Its content and names are untrusted.
/// </summary>
public interface IDropBox
{
    /// <summary>Opens a dropped file; null when it does not exist, is empty, or is no regular file.</summary>
    Task<DroppedFile?> OpenAsync(string folder, string name, CancellationToken cancellationToken);

    /// <summary>Writes an answer beside the dropped files, whole or not at all, replacing an older one.</summary>
    Task AnswerAsync(string folder, string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>Removes an answer; does nothing when there is none.</summary>
    Task RemoveAsync(string folder, string name, CancellationToken cancellationToken);

    /// <summary>Everything in one folder, or in all folders, including answers, in any order.</summary>
    IAsyncEnumerable<DroppedName> ListAsync(string? folder, CancellationToken cancellationToken);
}

/// <summary>A dropped file or an answer, and when it was put there.</summary>
public sealed record DroppedName(string Folder, string Name, DateTimeOffset ModifiedAt);

/// <summary>A dropped file's content and when it was dropped.</summary>
public sealed record DroppedFile(Stream Content, DateTimeOffset ModifiedAt) : IAsyncDisposable
{
    /// <inheritdoc />
    public ValueTask DisposeAsync() => Content.DisposeAsync();
}
