namespace Trainyard.Runtime.Triggers.Invocation;

/// <summary>Gives one parameter of a function its value for one invocation.</summary>
internal delegate object? ParameterBinder(EmbeddedFunctionContext context);
