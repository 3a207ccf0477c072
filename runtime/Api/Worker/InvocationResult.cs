namespace Microsoft.Azure.Functions.Worker;

/// <summary>What a function returned; middleware may read and replace it.</summary>
public abstract class InvocationResult<T>
{
    public abstract T? Value { get; set; }
}

/// <summary>What a function returned, of whatever type.</summary>
public abstract class InvocationResult : InvocationResult<object> { }
