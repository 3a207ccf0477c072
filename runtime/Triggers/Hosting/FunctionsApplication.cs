using System.Reflection;
using System.Runtime.CompilerServices;
using Trainyard.Runtime.Triggers.Hosting;

namespace Microsoft.Azure.Functions.Worker.Builder;

/// <summary>Starts the composition of a functions app.</summary>
public class FunctionsApplication
{
    /// <summary>
    /// The app is the assembly that calls this: its functions, and those of the assemblies it
    /// refers to, are run.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static FunctionsApplicationBuilder CreateBuilder(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        var application = Assembly.GetCallingAssembly();
        return StartFailure.ExitOn(() =>
            new FunctionsApplicationBuilder(EmbeddedHostSettings.ForProgram(args, application))
        );
    }
}
