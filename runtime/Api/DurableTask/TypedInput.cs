namespace Microsoft.DurableTask;

internal static class TypedInput
{
    /// <summary>The input as T; null becomes T's default, since nullability of references is not known at run time.</summary>
    internal static T Of<T>(object? input) =>
        input switch
        {
            T typed => typed,
            null => default!,
            _ => throw new ArgumentException(
                $"Input type '{input.GetType()}' does not match expected type '{typeof(T)}'.",
                nameof(input)
            ),
        };
}
