metadata description = 'What the function app may do with the pool: make its machines and remove them. On the one scale set, so it is made after it.'

@description('The scale set of the nodes.')
@minLength(1)
@maxLength(60)
param scaleSetName string

@description('Name of the function app\'s identity.')
@minLength(3)
@maxLength(128)
param functionsName string

// A built-in role, by its id: no smaller one may change a scale set.
var virtualMachineContributor = '9980e02c-c2be-4d73-94e8-173b1dc7cf3c'

resource functions 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = { name: functionsName }

resource pool 'Microsoft.Compute/virtualMachineScaleSets@2025-04-01' existing = { name: scaleSetName }

resource functionsOnPool 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(pool.id, functions.id, virtualMachineContributor)
  scope: pool
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', virtualMachineContributor)
    principalId: functions.properties.principalId
    principalType: 'ServicePrincipal'
  }
}
