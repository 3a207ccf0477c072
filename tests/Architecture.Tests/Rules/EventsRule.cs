namespace Trainyard.Architecture.Tests.Rules;

/// <summary>
/// Functions send events by one class alone: it knows that a client throws for an orchestration that has ended or is gone.
/// </summary>
internal sealed class EventsRule : IRule
{
    private const string Only = "functions/Runs/RunEvents.cs";

    public IEnumerable<string> Broken(Repository repository) =>
        from file in repository.ProductSources
        where file.Key.StartsWith("functions/") && file.Key != Only && file.Value.Contains(".RaiseEvent")
        select $"{file.Key} raises an event itself; {Only} is for that.";
}
