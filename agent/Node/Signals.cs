using System.Runtime.InteropServices;
using Trainyard.Agent.Processes;

namespace Trainyard.Agent.Node;

/// <summary>
/// SIGTERM asks the agent to stop, and a second SIGTERM to stop at once. SIGINT and SIGHUP of a terminal do the same,
/// but are ignored when the agent leads its own session.
/// </summary>
internal sealed class Signals : IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];

    public Signals(Drain drain)
    {
        Handle(PosixSignal.SIGTERM, drain.Request);
        Action fromTerminal = Native.LeadsSession ? static () => { } : drain.Request;
        Handle(PosixSignal.SIGINT, fromTerminal);
        Handle(PosixSignal.SIGHUP, fromTerminal);
    }

    public void Dispose() => _registrations.ForEach(r => r.Dispose());

    private void Handle(PosixSignal signal, Action act) =>
        _registrations.Add(
            PosixSignalRegistration.Create(
                signal,
                context =>
                {
                    context.Cancel = true;
                    act();
                }
            )
        );
}
