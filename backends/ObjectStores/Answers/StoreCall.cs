namespace Trainyard.Backends.ObjectStores.Answers;

/// <summary>
/// The ambient context of one call to a store, visible through any client library: whether the answer's size is
/// unbounded, and the store's last refusal.
/// </summary>
internal sealed class StoreCall
{
    private static readonly AsyncLocal<StoreCall?> Ambient = new();

    public static StoreCall? Current => Ambient.Value;

    /// <summary>Whether the answer is an object's content, which is streamed. All other answers are bounded.</summary>
    public bool IsContent { get; private init; }

    /// <summary>The last refusal.</summary>
    public StoreAnswer? Refusal { get; set; }

    /// <summary>Begins a call. Must be called in an async method: the call ends when that method ends.</summary>
    public static StoreCall Begin(bool isContent = false) => Ambient.Value = new StoreCall { IsContent = isContent };
}
