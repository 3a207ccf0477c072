namespace Trainyard.Core.Stores;

/// <summary>
/// The container that users drop archives and manifests into: <c>drop/{folder}/{name}</c>, where the folder should be
/// an owner's. Whoever may write there may put anything there: names are what they are.
/// </summary>
public interface IDropBox
{
    /// <summary>A dropped file, or null when there is no such file, or something that is no regular file or empty.</summary>
    Task<DroppedFile?> OpenAsync(string folder, string name, CancellationToken cancellationToken);

    /// <summary>Puts an answer beside the dropped files, whole or not at all, replacing an older one.</summary>
    Task AnswerAsync(string folder, string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>Takes an answer away; nothing when there is none.</summary>
    Task RemoveAsync(string folder, string name, CancellationToken cancellationToken);

    /// <summary>Everything that lies in one folder, or in all of them, answers too, in any order.</summary>
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
