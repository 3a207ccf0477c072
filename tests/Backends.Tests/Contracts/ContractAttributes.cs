using Trainyard.Tests.Shared.Servers;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Trainyard.Backends.Tests.Contracts;

/// <summary>A test of a contract: skipped, with the reason, in classes whose server is not installed.</summary>
[XunitTestCaseDiscoverer("Trainyard.Backends.Tests.Contracts.ContractFactDiscoverer", "Trainyard.Backends.Tests")]
[AttributeUsage(AttributeTargets.Method)]
public sealed class ContractFactAttribute : FactAttribute;

/// <inheritdoc cref="ContractFactAttribute"/>
[XunitTestCaseDiscoverer("Trainyard.Backends.Tests.Contracts.ContractTheoryDiscoverer", "Trainyard.Backends.Tests")]
[AttributeUsage(AttributeTargets.Method)]
public sealed class ContractTheoryAttribute : TheoryAttribute;

/// <summary>Marks a class whose contract tests need a <see cref="SwiftServer"/>.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class OnSwiftAttribute : Attribute;

/// <summary>Marks a class whose contract tests need a <see cref="KeystoneSwiftServer"/>.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class OnKeystoneAttribute : Attribute;

public sealed class ContractFactDiscoverer(IMessageSink sink) : FactDiscoverer(sink)
{
    protected override IXunitTestCase CreateTestCase(
        ITestFrameworkDiscoveryOptions discoveryOptions,
        ITestMethod testMethod,
        IAttributeInfo factAttribute
    ) => new ContractTestCase(DiagnosticMessageSink, testMethod);
}

public sealed class ContractTheoryDiscoverer(IMessageSink sink) : TheoryDiscoverer(sink)
{
    protected override IEnumerable<IXunitTestCase> CreateTestCasesForDataRow(
        ITestFrameworkDiscoveryOptions discoveryOptions,
        ITestMethod testMethod,
        IAttributeInfo theoryAttribute,
        object[] dataRow
    ) => [new ContractTestCase(DiagnosticMessageSink, testMethod, dataRow)];
}

public sealed class ContractTestCase : XunitTestCase
{
    [Obsolete("For the test framework, which fills it in.")]
    public ContractTestCase() { }

    public ContractTestCase(IMessageSink sink, ITestMethod method, object[]? arguments = null)
        : base(sink, TestMethodDisplay.ClassAndMethod, TestMethodDisplayOptions.None, method, arguments) { }

    protected override string? GetSkipReason(IAttributeInfo factAttribute) =>
        Needs(typeof(OnSwiftAttribute)) ? SwiftServer.Missing
        : Needs(typeof(OnKeystoneAttribute)) ? KeystoneSwiftServer.Missing
        : base.GetSkipReason(factAttribute);

    private bool Needs(Type attribute) => TestMethod.TestClass.Class.GetCustomAttributes(attribute).Any();
}
