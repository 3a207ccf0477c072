using Trainyard.Manifests.Frameworks;
using Trainyard.Manifests.Problems;

namespace Trainyard.Manifests.Tests.Frameworks;

public sealed class FrameworkCatalogTests
{
    [Theory]
    // 2017-10
    [InlineData("tensorflow", "1.2-py2")]
    [InlineData("tensorflow", "1.2-py3")]
    [InlineData("tensorflow", "1.3-py2")]
    [InlineData("tensorflow", "1.3-py3")]
    [InlineData("caffe", "1.0-py2")]
    [InlineData("torch", "luajit")]
    [InlineData("torch", "lua52")]
    [InlineData("theano", "0.9")]
    [InlineData("caffe2", "0.7")]
    [InlineData("mxnet", "0.10")]
    // 2017-11
    [InlineData("scikit-learn", "0.17")]
    [InlineData("theano", "0.10")]
    [InlineData("caffe2", "0.8")]
    // 2018 and 2019
    [InlineData("tensorflow", "1.2")]
    [InlineData("tensorflow", "1.5")]
    [InlineData("tensorflow", "1.3")]
    [InlineData("tensorflow", "1.4")]
    [InlineData("tensorflow", "1.12")]
    [InlineData("keras", "2.1.3")]
    [InlineData("caffe", "1.0")]
    [InlineData("pytorch", "0.3")]
    [InlineData("tensorflow-ddl", "1.5")]
    [InlineData("tensorflow-horovod", "1.5")]
    // FfDL
    [InlineData("tensorflow", "1.4.0")]
    [InlineData("tensorflow", "1.5.1-gpu")]
    [InlineData("tensorflow", "1.6.0-py3")]
    [InlineData("tensorflow", "1.9.0-gpu-py3")]
    [InlineData("tensorflow", "latest-gpu-py3")]
    [InlineData("caffe", "cpu")]
    [InlineData("caffe", "intel")]
    [InlineData("caffe", "gpu")]
    [InlineData("pytorch", "v0.2")]
    [InlineData("pytorch", "latest")]
    [InlineData("caffe2", "c2v0.8.1.cpu.full.ubuntu14.04")]
    [InlineData("caffe2", "c2v0.8.0.cpu.full.ubuntu16.04")]
    [InlineData("caffe2", "c2v0.8.1.cuda8.cudnn7.ubuntu16.04")]
    [InlineData("caffe2", "latest")]
    [InlineData("h2o3", "latest")]
    [InlineData("horovod", "0.13.10-tf1.9.0-torch0.4.0-py2.7")]
    [InlineData("horovod", "0.13.10-tf1.9.0-torch0.4.0-py3.5")]
    [InlineData("horovod", "0.13.4-tf1.8.0-torch0.4.0-py3.5")]
    [InlineData("tensorflow", "1.3.0-gpu")]
    [InlineData("tensorflow", "1.4-py3-horovod")]
    [InlineData("tensorflow", "1.5-py3-horovod")]
    [InlineData("tensorflow", "1.5-py3-ddl")]
    [InlineData("pytorchmpi", "0925mpi")]
    [InlineData("caffe2", "0.8.1")]
    [InlineData("caffe-gpu", "latest")]
    [InlineData("tensorflow-gpu", "1.5.0-py3")]
    // IBM's repositories of 2019
    [InlineData("tensorflow", "1.13")]
    [InlineData("tensorflow", "1.14")]
    [InlineData("tensorflow", "1.15")]
    [InlineData("tensorflow", "1.15-py3")]
    // Today
    [InlineData("python", "3")]
    [InlineData("pytorch", "2.15.0")]
    public void Every_documented_release_is_offered(string name, string version) =>
        Assert.True(FrameworkCatalog.Default.Find(name, version)?.Offered);

    [Theory]
    [InlineData("caffe", "1.0-py3")]
    [InlineData("tensorflow", "1.20")]
    [InlineData("tensorflow", "1.50")]
    public void What_is_not_in_it_is_not_found(string name, string version) =>
        Assert.Null(FrameworkCatalog.Default.Find(name, version));

    [Fact]
    public void An_operator_can_keep_a_version_known_without_offering_it()
    {
        var catalog = FrameworkCatalogFile.Parse(
            """
            frameworks:
              - name: python
                versions:
                  - { version: "3.13", image: "python:3.13", note: ours }
                  - { version: "2.7", offered: false }
              - name: gone
                versions: [{ version: "1", offered: false }]
            """
        );

        var error = Assert.Single(
            ManifestParser
                .Parse(StarterManifest.Text.Replace("version: \"3\"", "version: \"2.7\""), catalog: catalog)
                .Errors
        );

        Assert.Equal(ManifestCodes.UnknownFrameworkVersion, error.Code);
        Assert.Equal(("3.13", "3.13"), (error.Allowed, error.Suggestion));
        Assert.Equal(new[] { "python", "custom" }, catalog.OfferedNames);
    }

    [Theory]
    [InlineData("frameworks: a: b", "line 1")]
    [InlineData("frameworks:\n- nam: x", "line 2: a key here is one of name, note, packages, versions")]
    [InlineData("frameworks:\n- name: x\n  versions:\n  - {version: 1, offered: yes}", "line 4")]
    [InlineData("frameworks:\n- name: x\n  versions: [{version: 1}, {version: 1}]", "twice")]
    [InlineData("a: b", "frameworks")]
    public void A_slip_in_an_operators_file_is_named_with_its_line(string yaml, string expected) =>
        Assert.Contains(
            expected,
            Assert.Throws<FrameworkCatalogException>(() => FrameworkCatalogFile.Parse(yaml)).Message
        );
}
