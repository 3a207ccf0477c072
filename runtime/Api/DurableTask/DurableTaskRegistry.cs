namespace Microsoft.DurableTask;

/// <summary>The orchestrators and activities that an engine can run, by name.</summary>
public sealed partial class DurableTaskRegistry
{
    internal IDictionary<TaskName, Func<IServiceProvider, ITaskActivity>> Activities { get; } =
        new Dictionary<TaskName, Func<IServiceProvider, ITaskActivity>>();

    internal IDictionary<TaskName, Func<IServiceProvider, ITaskOrchestrator>> Orchestrators { get; } =
        new Dictionary<TaskName, Func<IServiceProvider, ITaskOrchestrator>>();

    /// <exception cref="ArgumentException">The name is empty or taken.</exception>
    public DurableTaskRegistry AddActivity(TaskName name, Func<IServiceProvider, ITaskActivity> factory)
    {
        Add(Activities, name, factory);
        return this;
    }

    /// <exception cref="ArgumentException">The name is empty or taken.</exception>
    public DurableTaskRegistry AddOrchestrator(TaskName name, Func<ITaskOrchestrator> factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        return AddOrchestrator(name, _ => factory());
    }

    /// <summary>For hosts that build orchestrators from services; the real package keeps this to itself too.</summary>
    internal DurableTaskRegistry AddOrchestrator(TaskName name, Func<IServiceProvider, ITaskOrchestrator> factory)
    {
        Add(Orchestrators, name, factory);
        return this;
    }

    private static void Add<T>(IDictionary<TaskName, T> tasks, TaskName name, T factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        if (name == default)
        {
            throw new ArgumentException("The name must not be empty.", nameof(name));
        }

        if (!tasks.TryAdd(name, factory))
        {
            throw new ArgumentException($"A task named '{name}' is already added.", nameof(name));
        }
    }

    private static void ThrowIfNotConcrete<T>(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        if (type.IsAbstract || !typeof(T).IsAssignableFrom(type))
        {
            throw new ArgumentException($"{type} is not a concrete {typeof(T).Name}.", nameof(type));
        }
    }

    private static TaskName NameOf(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        var attribute = (DurableTaskAttribute?)Attribute.GetCustomAttribute(type, typeof(DurableTaskAttribute));
        return attribute is { Name.Name.Length: > 0 } ? attribute.Name : new TaskName(type.Name);
    }
}
