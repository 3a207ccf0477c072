namespace Trainyard.Web.EndToEnd;

/// <summary>A test in a real browser: reported as skipped, with the reason, where none is installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RequiresChromiumFactAttribute : FactAttribute
{
    public RequiresChromiumFactAttribute() => Skip = Browser.Missing;
}

/// <inheritdoc cref="RequiresChromiumFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RequiresChromiumTheoryAttribute : TheoryAttribute
{
    public RequiresChromiumTheoryAttribute() => Skip = Browser.Missing;
}
