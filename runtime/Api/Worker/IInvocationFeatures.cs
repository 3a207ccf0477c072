namespace Microsoft.Azure.Functions.Worker;

/// <summary>Typed features of one invocation.</summary>
public interface IInvocationFeatures : IEnumerable<KeyValuePair<Type, object>>
{
    void Set<T>(T instance);

    T? Get<T>();
}
