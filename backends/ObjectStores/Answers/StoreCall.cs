namespace Trainyard.Backends.ObjectStores.Answers;

/// <summary>
/// One call to a store, known to everything that happens within it, through whatever library: whether its answer may be
/// of any size, and what the store said when it refused.
/// </summary>
internal sealed class StoreCall
{
    private static readonly AsyncLocal<StoreCall?> Ambient = new();

    public static StoreCall? Current => Ambient.Value;

    /// <summary>Whether the answer is an object's content, which its reader takes bit by bit. All other answers are bounded.</summary>
    public bool IsContent { get; private init; }

    /// <summary>The last refusal.</summary>
    public StoreAnswer? Refusal { get; set; }

    /// <summary>To be called in an async method: the call ends with it.</summary>
    public static StoreCall Begin(bool isContent = false) => Ambient.Value = new StoreCall { IsContent = isContent };
}
