using Trainyard.Contracts;

namespace Trainyard.Core.Stores;

/// <summary>The container that users drop archives and manifests into: <c>drop/{owner}/{name}</c>.</summary>
public interface IDropBox
{
    /// <summary>A dropped file, or null when there is none of this name.</summary>
    Task<DroppedFile?> OpenAsync(Owner owner, string name, CancellationToken cancellationToken);

    /// <summary>Puts an answer beside the dropped files, whole or not at all, replacing an older one.</summary>
    Task AnswerAsync(Owner owner, string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>
    /// Everything that lies there, answers too, in any order, where no trigger may tell of a dropped file; nothing where one
    /// always does.
    /// </summary>
    IAsyncEnumerable<DroppedName> ListAsync(CancellationToken cancellationToken);
}

/// <summary>A dropped file or an answer, and when it was put there.</summary>
public sealed record DroppedName(Owner Owner, string Name, DateTimeOffset ModifiedAt);

/// <summary>A dropped file's content and when it was dropped.</summary>
public sealed record DroppedFile(Stream Content, DateTimeOffset ModifiedAt) : IAsyncDisposable
{
    /// <inheritdoc />
    public ValueTask DisposeAsync() => Content.DisposeAsync();
}
