using Trainyard.Contracts;
using Trainyard.Contracts.Runs;

namespace Trainyard.Cli.Following;

/// <summary>Prints the events of a followed run.</summary>
internal interface IMonitorScreen
{
    void Start(RunId id);

    void Print(RunEvent item);

    /// <summary>Prints the record of the run after its end.</summary>
    void Finish(RunResource run);
}
